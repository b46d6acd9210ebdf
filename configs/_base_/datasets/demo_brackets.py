# Brackets made of photographs that come inside Python packages; merged and compared on scenes that
# training never sees. Nothing is downloaded.
turn = dict(
    type='TransformBroadcaster',  # drawn once for both
    mapping=dict(img=['ldr', 'hdr']),
    auto_remap=True,
    share_random_params=True,
    transforms=[dict(type='RandomSymmetry')],
)
train_dataloader = dict(
    batch_size=4,
    num_workers=0,
    sampler=dict(type='ResumableSampler', shuffle=True),
    dataset=dict(
        type='DemoBracketDataset',
        split='train',
        repeat=8,
        pipeline=[
            dict(type='LoadExposureBracket', size=64),
            turn,
            dict(type='PackExposureBracket'),
        ],
    ),
)
val_dataloader = dict(
    batch_size=1,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='DemoBracketDataset',
        split='test',
        pipeline=[dict(type='LoadExposureBracket'), dict(type='PackExposureBracket', gt=True)],
        test_mode=True,
    ),
)
val_evaluator = [dict(type='PSNRMu'), dict(type='PSNRLinear')]
val_cfg = dict(type='ValLoop')
test_dataloader, test_evaluator, test_cfg = val_dataloader, val_evaluator, dict(type='TestLoop')
