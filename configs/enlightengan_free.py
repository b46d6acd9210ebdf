# The small generator on freely licensed photographs, for CPUs: no dark photograph is needed.
_base_ = [
    './_base_/models/enlightengan.py',
    './_base_/datasets/free_photographs_unpaired.py',
    './_base_/default_runtime.py',
]
model = dict(
    generator=dict(base_channels=8, align_corners=False),
    global_discriminator=dict(base_channels=32, num_downs=4),
    local_discriminator=dict(base_channels=32, num_downs=3),
    feature_loss=dict(
        features=dict(
            _delete_=True,
            type='SqueezeNetFeatures',
            layer='fire4',
            subtract_mean=False,
            weights='data/weights/squeezenet_v1.0_caffe.npz',
        )
    ),
    ema=dict(type='ExponentialMovingAverage', momentum=0.005, update_buffers=True),
)
# Networks run in bfloat16, in a quarter less time on CPUs that have it.
optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(
        type='AutocastOptimWrapper',
        optimizer=dict(type='FusedAdam', lr=1e-3, betas=(0.5, 0.999)),
    ),
    global_discriminator=dict(
        type='AutocastOptimWrapper',
        optimizer=dict(type='FusedAdam', lr=5e-4, betas=(0.5, 0.999)),
    ),
    local_discriminator=dict(
        type='AutocastOptimWrapper',
        optimizer=dict(type='FusedAdam', lr=5e-4, betas=(0.5, 0.999)),
    ),
)
train_dataloader = dict(batch_size=4)
train_cfg = dict(type='GANTrainLoop', max_epochs=25, val_interval=1)
default_hooks = dict(checkpoint=dict(interval=1))
