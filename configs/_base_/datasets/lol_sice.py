# LOL in pairs, as SICE-net sees them: patches of 320 pixels.
_base_ = ['./lol_paired.py']
train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(
        type='TransformBroadcaster',  # drawn once for both
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=True,
        transforms=[dict(type='RandomCrop', size=320), dict(type='RandomSymmetry')],
    ),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
]
train_dataloader = dict(batch_size=5, dataset=dict(repeat=4, pipeline=train_pipeline))
