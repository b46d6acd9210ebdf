# Pairs of LOL, as LLNet sees them: 5 x 10 patches of 17 pixels, 500 of each picture in an epoch.
_base_ = ['./lol_paired.py']
train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(
        type='TransformBroadcaster',  # drawn once for both
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=True,
        transforms=[
            dict(type='RandomSymmetry'),
            dict(type='RandomPatches', size=17, number=10),
        ],
    ),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
]
train_dataloader = dict(batch_size=5, dataset=dict(repeat=50, pipeline=train_pipeline))
