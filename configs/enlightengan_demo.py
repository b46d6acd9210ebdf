# EnlightenGAN in miniature: minutes on two CPU cores, without any download. It trains small
# networks on photographs that come inside Python packages, then enhances photographs it never saw.
_base_ = ['./_base_/models/enlightengan.py', './_base_/default_runtime.py']
work_dir = 'work_dirs/enlightengan_demo'

model = dict(
    generator=dict(base_channels=8, align_corners=False),
    global_discriminator=dict(base_channels=16, num_downs=4),
    local_discriminator=dict(base_channels=16, num_downs=3),
    feature_loss=dict(features=dict(layer='relu3_1', weights='untrained')),
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
    dataset=dict(type='DemoUnpairedDataset', repeat=32, pipeline=train_pipeline),
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

adam = dict(type='Adam', lr=5e-4, betas=(0.5, 0.999))
optim_wrapper = dict(
    constructor='MultiOptimWrapperConstructor',
    generator=dict(optimizer=adam),
    global_discriminator=dict(optimizer=adam),
    local_discriminator=dict(optimizer=adam),
)
train_cfg = dict(type='GANTrainLoop', max_epochs=4, val_interval=1)

default_hooks = dict(logger=dict(interval=10), checkpoint=dict(interval=1))
log_level = 'WARNING'
custom_hooks = [dict(type='ProgressBarHook'), dict(type='FinalReportHook')]
