# LOL as two unpaired folders, with UNIT's crops: 256 pixels of pictures whose shorter side is
# scaled to 256. Validation and testing see whole pictures, as those of other systems do.
_base_ = ['./lol_unpaired.py']
train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(
        type='TransformBroadcaster',  # drawn for each picture alone
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=False,
        transforms=[
            dict(type='RandomFlip', prob=0.5, direction='horizontal'),
            dict(type='Resize', scale=(100000, 256), keep_ratio=True, backend='pillow'),
            dict(type='RandomCrop', size=256),
        ],
    ),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
]
train_dataloader = dict(batch_size=1, dataset=dict(pipeline=train_pipeline))
