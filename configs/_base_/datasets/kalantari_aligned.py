# Patches of 40 pixels of the set of Kalantari and Ramamoorthi (2017), with frames aligned once:
#   python tools/dataset_converters/exposure_brackets.py data/Kalantari --align \
#     --prepare data/Kalantari_aligned
# Officially 10 of 48 variants (6 orders of the colours in 8 positions) of each patch are made once;
# here each patch is one of the 48 whenever it comes. Scenes for tests are aligned when they are
# read.
vary = dict(
    type='TransformBroadcaster',  # drawn once for both
    mapping=dict(img=['ldr', 'hdr']),
    auto_remap=True,
    share_random_params=True,
    transforms=[dict(type='RandomSymmetry'), dict(type='RandomColourOrder')],
)
train_dataloader = dict(
    batch_size=20,
    num_workers=8,
    persistent_workers=True,
    pin_memory=True,  # nothing without a GPU
    drop_last=True,
    collate_fn=dict(type='mmenlighten.stack_collate'),
    sampler=dict(type='ResumableSampler', shuffle=True),
    dataset=dict(
        type='ExposureBracketDataset',
        data_root='data/Kalantari_aligned',
        data_prefix=dict(low='Training'),
        repeat=2703,  # of 74 scenes: 10,000 iterations
        pipeline=[
            dict(type='LoadExposureBracket', size=40, border=50, stride=20, least_extreme=0.5),
            vary,
            dict(type='PackExposureBracket'),
        ],
    ),
)
val_dataloader = dict(
    batch_size=1,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='ExposureBracketDataset',
        data_root='data/Kalantari',
        data_prefix=dict(low='Test'),
        pipeline=[
            dict(type='LoadExposureBracket'),
            dict(type='AlignExposures', method='dis', changes_target=False),
            dict(type='PackExposureBracket', gt=True),
        ],
        test_mode=True,
    ),
)
val_evaluator = [dict(type='PSNRMu'), dict(type='PSNRLinear')]
val_cfg = dict(type='ValLoop')
test_dataloader, test_evaluator, test_cfg = val_dataloader, val_evaluator, dict(type='TestLoop')
