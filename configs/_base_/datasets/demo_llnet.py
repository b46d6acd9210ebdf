# The demo's pairs, as LLNet sees them: 4 x 50 patches of 17 pixels.
_base_ = ['./demo_paired.py']
train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(
        type='TransformBroadcaster',  # drawn once for both
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=True,
        transforms=[
            dict(type='RandomSymmetry'),
            dict(type='RandomPatches', size=17, number=50),
        ],
    ),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
]
train_dataloader = dict(batch_size=4, dataset=dict(pipeline=train_pipeline))
