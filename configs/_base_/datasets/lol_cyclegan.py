# LOL as two unpaired folders, with CycleGAN's crops: 256 pixels out of a picture of 286 x 286,
# whose aspect is not kept. Validation and testing see whole pictures, as those of other systems do.
_base_ = ['./lol_unpaired.py']
train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(
        type='TransformBroadcaster',  # drawn for each picture alone
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=False,
        transforms=[
            dict(type='Resize', scale=(286, 286), backend='pillow', interpolation='bicubic'),
            dict(type='RandomCrop', size=256),
            dict(type='RandomFlip', prob=0.5, direction='horizontal'),
        ],
    ),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
]
train_dataloader = dict(batch_size=1, dataset=dict(pipeline=train_pipeline))
