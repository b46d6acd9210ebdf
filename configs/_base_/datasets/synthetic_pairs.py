# Well-lit photographs of your own against themselves, darkened by a gamma and noise as in LLNet: no
# data set of pairs is needed. Validated on others, darkened once. Other folders by
#   --cfg-options train_dataloader.dataset.data_root=photos val_dataloader.dataset.data_root=others
# A model of a camera in place of gamma and noise (docs/camera.md):
#   --cfg-options train_dataloader.dataset.pipeline.2.type=SynthesizeLowLight
train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('normal',)),
    dict(
        type='KeyMapper',
        mapping=dict(img='normal'),
        auto_remap=True,
        transforms=[dict(type='RandomCrop', size=48), dict(type='RandomSymmetry')],
    ),
    dict(type='LowLightSynthesis'),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
]
test_pipeline = [
    dict(type='LoadEnhanceImages', keys=('normal',)),
    dict(type='LowLightSynthesis'),
    dict(type='PackEnhanceInputs', inputs=('low',), gt='normal'),
]
train_dataloader = dict(
    batch_size=16,
    num_workers=4,
    persistent_workers=True,
    pin_memory=True,  # nothing without a GPU
    drop_last=True,
    collate_fn=dict(type='mmenlighten.stack_collate'),
    sampler=dict(type='ResumableSampler', shuffle=True),
    dataset=dict(
        type='NormalLightDataset',
        data_root='data/photographs/train',
        pipeline=train_pipeline,
    ),
)
val_dataloader = dict(
    batch_size=1,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='WellLitDataset',  # its `low` is what the pipeline darkens
        data_root='data/photographs/val',
        pipeline=test_pipeline,
        test_mode=True,
    ),
)
val_cfg = dict(type='ValLoop')
val_evaluator = [dict(type='PSNR'), dict(type='SSIM')]
test_dataloader, test_evaluator, test_cfg = val_dataloader, val_evaluator, dict(type='TestLoop')
