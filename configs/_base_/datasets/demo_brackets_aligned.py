# As demo_brackets.py, with frames that were aligned once, and exchanged colours.
_base_ = ['./demo_brackets.py']
train_dataloader = dict(
    dataset=dict(
        aligned=True,
        pipeline=[
            dict(type='LoadExposureBracket', size=64),
            dict(
                type='TransformBroadcaster',  # drawn once for both
                mapping=dict(img=['ldr', 'hdr']),
                auto_remap=True,
                share_random_params=True,
                transforms=[dict(type='RandomSymmetry'), dict(type='RandomColourOrder')],
            ),
            dict(type='PackExposureBracket'),
        ],
    )
)
val_dataloader = dict(dataset=dict(aligned=True))
test_dataloader = val_dataloader
