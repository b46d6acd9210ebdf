# LOL as it is, in pairs: our485 for training, eval15 for validation and testing.
# tools/dataset_converters/lol.py checks the folder. Another place, or pairs of your own whose names
# are equal, on the command line:
#   --cfg-options train_dataloader.dataset.data_root=D \
#                 train_dataloader.dataset.data_prefix.low=dark \
#                 train_dataloader.dataset.data_prefix.normal=bright
# Another size of the windows: train_dataloader.dataset.pipeline.1.transforms.0.size=96
data_root = 'data/LOL'

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
    batch_size=16,
    num_workers=4,
    persistent_workers=True,
    pin_memory=True,  # nothing without a GPU
    drop_last=True,
    collate_fn=dict(type='mmenlighten.stack_collate'),
    sampler=dict(type='ResumableSampler', shuffle=True),
    dataset=dict(
        type='PairedImageDataset',
        data_root=data_root,
        data_prefix=dict(low='our485/low', normal='our485/high'),
        pipeline=train_pipeline,
    ),
)
val_dataloader = dict(
    batch_size=1,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='PairedImageDataset',
        data_root=data_root,
        data_prefix=dict(low='eval15/low', normal='eval15/high'),
        pipeline=test_pipeline,
        test_mode=True,
    ),
)
val_cfg = dict(type='ValLoop')
val_evaluator = [dict(type='PSNR'), dict(type='SSIM'), dict(type='MeanBrightness')]
test_dataloader, test_evaluator, test_cfg = val_dataloader, val_evaluator, dict(type='TestLoop')
