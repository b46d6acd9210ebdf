# LOL as two unpaired folders, as Deep Photo Enhancer sees pictures: whole, with a longer side of
# 512 pixels, in all eight positions, and mirrored to squares. Each comes eight times in an epoch.
# Validation and testing see whole pictures, as those of other systems do.
_base_ = ['./lol_unpaired.py']
train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal'), longest=512),
    dict(
        type='TransformBroadcaster',  # drawn for each picture alone
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=False,
        transforms=[dict(type='RandomSymmetry')],
    ),
    dict(type='PadToSquare', size=512),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal', 'low_mask', 'normal_mask')),
]
train_dataloader = dict(batch_size=3, dataset=dict(repeat=8, pipeline=train_pipeline))
