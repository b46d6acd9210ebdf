# The set of Kalantari and Ramamoorthi (2017) as it is, in data/Kalantari: Training/<scene> and
# Test/<scene>. tools/dataset_converters/exposure_brackets.py checks the folder, and makes one of it
# that is read faster. Another place, on the command line:
#   --cfg-options train_dataloader.dataset.data_root=D val_dataloader.dataset.data_root=D \
#                 test_dataloader.dataset.data_root=D
turn = dict(
    type='TransformBroadcaster',  # drawn once for both
    mapping=dict(img=['ldr', 'hdr']),
    auto_remap=True,
    share_random_params=True,
    transforms=[dict(type='RandomSymmetry')],
)
train_dataloader = dict(
    batch_size=16,
    num_workers=8,
    persistent_workers=True,
    pin_memory=True,  # nothing without a GPU
    drop_last=True,
    collate_fn=dict(type='mmenlighten.stack_collate'),
    sampler=dict(type='ResumableSampler', shuffle=True),
    dataset=dict(
        type='ExposureBracketDataset',
        data_root='data/Kalantari',
        data_prefix=dict(low='Training'),
        repeat=2072,  # of 74 scenes: officially 153,320 patches are cut once and for all
        pipeline=[
            dict(type='LoadExposureBracket', size=256),
            turn,
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
        pipeline=[dict(type='LoadExposureBracket'), dict(type='PackExposureBracket', gt=True)],
        test_mode=True,
    ),
)
val_evaluator = [dict(type='PSNRMu'), dict(type='PSNRLinear')]
val_cfg = dict(type='ValLoop')
test_dataloader, test_evaluator, test_cfg = val_dataloader, val_evaluator, dict(type='TestLoop')
