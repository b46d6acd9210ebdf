# Small networks on freely licensed photographs, for CPUs: no dark photograph and no other download.
_base_ = [
    './_base_/models/enlightengan.py',
    './_base_/datasets/free_photographs_unpaired.py',
    './_base_/default_runtime.py',
]

# As in the demo, random features of one layer: to them a gain of the light changes nothing. In the
# noise of dark pictures, those of deep layers have gradients that drown the discriminators'.
model = dict(
    generator=dict(base_channels=8, align_corners=False),
    global_discriminator=dict(base_channels=16, num_downs=4),
    local_discriminator=dict(base_channels=16, num_downs=3),
    feature_loss=dict(features=dict(layer='relu1_1', weights='untrained', preprocessing='caffe')),
    loss_weights=dict(feature_global=0.5, feature_local=0.5),
    ema=dict(type='ExponentialMovingAverage', momentum=0.02, update_buffers=True),
)
# Discriminators run in bfloat16, for speed; the generator does not, as dark pictures need its bits.
adam = dict(type='FusedAdam', lr=5e-4, betas=(0.5, 0.999))
optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='FusedAdam', lr=1e-3, betas=(0.5, 0.999))),
    global_discriminator=dict(type='AutocastOptimWrapper', optimizer=adam),
    local_discriminator=dict(type='AutocastOptimWrapper', optimizer=adam),
)
train_dataloader = dict(batch_size=4)
param_scheduler = dict(
    generator=dict(
        type='LinearLR',
        start_factor=1.0,
        end_factor=0.1,
        begin=2,
        end=4,
        convert_to_iter_based=True,
    ),
    global_discriminator=[],
    local_discriminator=[],
)
train_cfg = dict(type='GANTrainLoop', max_epochs=4, val_interval=1)
default_hooks = dict(checkpoint=dict(interval=1, max_keep_ckpts=-1))
