# Photographs that come inside Python packages, against themselves darkened; validated on pairs of
# photographs that training never sees. Nothing is downloaded.
train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(
        type='TransformBroadcaster',  # drawn once for both
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=True,
        transforms=[dict(type='RandomCrop', size=48), dict(type='RandomSymmetry')],
    ),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
]
test_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(type='PackEnhanceInputs', inputs=('low',), gt='normal'),
]
train_dataloader = dict(
    batch_size=8,
    num_workers=0,
    sampler=dict(type='ResumableSampler', shuffle=True),
    dataset=dict(type='DemoPairedDataset', split='train', repeat=16, pipeline=train_pipeline),
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
