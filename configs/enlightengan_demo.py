# EnlightenGAN in miniature: minutes on two CPU cores, without any download. It trains small
# networks on photographs that come inside Python packages, then enhances photographs it never saw.
_base_ = [
    './_base_/models/enlightengan.py',
    './_base_/datasets/demo_unpaired.py',
    './_base_/demo_runtime.py',
]
work_dir = 'work_dirs/enlightengan_demo'

# As officially, features see pictures in [0, 255] without a mean: to the norm behind them, a gain
# of the light changes nothing. A random network says less than VGG, hence the low weight.
model = dict(
    generator=dict(base_channels=8, align_corners=False),
    global_discriminator=dict(base_channels=16, num_downs=4),
    local_discriminator=dict(base_channels=16, num_downs=3),
    feature_loss=dict(features=dict(layer='relu1_1', weights='untrained', preprocessing='caffe')),
    loss_weights=dict(feature_global=0.5, feature_local=0.5),
    ema=dict(type='ExponentialMovingAverage', momentum=0.02),
)

optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=dict(type='Adam', lr=1e-3, betas=(0.5, 0.999))),
    global_discriminator=dict(optimizer=dict(type='Adam', lr=5e-4, betas=(0.5, 0.999))),
    local_discriminator=dict(optimizer=dict(type='Adam', lr=5e-4, betas=(0.5, 0.999))),
)
param_scheduler = dict(
    type='LinearLR', start_factor=1.0, end_factor=0.0, begin=3, end=7, by_epoch=True
)
train_cfg = dict(type='GANTrainLoop', max_epochs=6, val_interval=6)
