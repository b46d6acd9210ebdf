# Freely licensed photographs, darkened by a synthetic camera; validated on pairs of LOL, and on
# photographs that are well lit: every 8th of those trained on, or those of another folder by
#   --cfg-options val_cfg.more.well_lit.data_root=FOLDER val_cfg.more.well_lit.every=1
train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('normal',)),
    dict(type='RandomAreaCrop', size=128),
    dict(type='SynthesizeLowLight'),
    dict(type='PackEnhanceInputs', inputs=('low', 'clean', 'normal')),
]
# For a GPU: the camera works there, on batches.
gpu_pipeline = [
    dict(type='LoadEnhanceImages', keys=('normal',)),
    dict(type='RandomAreaCrop', size=192),
    dict(type='SynthesizeLowLight', deferred=True),
    dict(type='PackEnhanceInputs', inputs=('low', 'clean', 'normal')),
]
test_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(type='PackEnhanceInputs', inputs=('low',), gt='normal'),
]

train_dataloader = dict(
    batch_size=8,
    num_workers=1,
    persistent_workers=True,
    collate_fn=dict(type='mmenlighten.stack_collate'),
    sampler=dict(type='ResumableSampler', shuffle=True),
    dataset=dict(
        type='NormalLightDataset',
        data_root='data/free_photographs',
        repeat=10,
        pipeline=train_pipeline,
    ),
)
val_dataloader = dict(
    batch_size=1,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='PairedImageDataset',
        dataset_name='pairs',
        data_root='data/LOL',
        data_prefix=dict(low='eval15/low', normal='eval15/high'),
        pipeline=test_pipeline,
        test_mode=True,
    ),
)
well_lit = dict(
    type='WellLitDataset',
    data_root='data/free_photographs',
    every=8,
    pipeline=[
        dict(type='LoadEnhanceImages', keys=('low', 'normal'), longest=400),
        dict(type='PackEnhanceInputs', inputs=('low',), gt='normal'),
    ],
    test_mode=True,
)
val_cfg = dict(type='MultiValLoop', more=dict(well_lit=well_lit))
val_evaluator = [dict(type='PSNR'), dict(type='SSIM'), dict(type='MeanBrightness')]
test_dataloader, test_evaluator, test_cfg = val_dataloader, val_evaluator, dict(type='TestLoop')
