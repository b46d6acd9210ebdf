# The demo's pairs, as HDRNet sees them: large crops, from which a network can know the scene.
_base_ = ['./demo_paired.py']
train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(
        type='TransformBroadcaster',  # drawn once for both
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=True,
        transforms=[
            dict(type='RandomCrop', size=192),
            dict(type='RandomSymmetry', indices=(0, 5)),  # as it is, or mirrored
        ],
    ),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
]
train_dataloader = dict(batch_size=4, dataset=dict(pipeline=train_pipeline))
