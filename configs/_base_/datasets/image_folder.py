# A folder of low-light pictures to enhance, without anything to compare with. On the command line:
#   --cfg-options test_dataloader.dataset.data_root=photos
data_root = 'data/low'

test_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low',)),
    dict(type='PackEnhanceInputs', inputs=('low',)),
]

test_dataloader = dict(
    batch_size=1,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='ImageFolderDataset',
        data_root=data_root,
        data_prefix=dict(low=''),
        pipeline=test_pipeline,
        test_mode=True,
    ),
)
test_cfg = dict(type='TestLoop')
test_evaluator = [dict(type='MeanBrightness')]
