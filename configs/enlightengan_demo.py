# EnlightenGAN in miniature: minutes on two CPU cores, without any download. It trains small
# networks on photographs that come inside Python packages, then enhances photographs it never saw.
_base_ = ['./_base_/models/enlightengan.py', './_base_/default_runtime.py']
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

train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(
        type='TransformBroadcaster',
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=False,
        transforms=[
            dict(type='RandomCrop', size=128),
            dict(type='RandomFlip', prob=0.5, direction='horizontal'),
        ],
    ),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
]
test_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(type='PackEnhanceInputs', inputs=('low',), gt='normal'),
]
train_dataloader = dict(
    batch_size=4,
    num_workers=0,
    sampler=dict(type='ResumableSampler', shuffle=True),
    dataset=dict(type='DemoUnpairedDataset', repeat=16, pipeline=train_pipeline),
)
val_dataloader = dict(
    batch_size=1,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(type='DemoPairedDataset', pipeline=test_pipeline, test_mode=True),
)
val_evaluator = [dict(type='PSNR'), dict(type='SSIM')]
val_cfg = dict(type='ValLoop')
test_dataloader, test_evaluator, test_cfg = val_dataloader, val_evaluator, dict(type='TestLoop')

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

default_hooks = dict(logger=dict(interval=10), checkpoint=dict(interval=2))
custom_hooks = [dict(type='ProgressBarHook'), dict(type='FinalReportHook')]
log_level = 'WARNING'  # the progress bar and the report say what a person wants to know
