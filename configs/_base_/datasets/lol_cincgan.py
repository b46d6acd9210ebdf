# LOL as two unpaired folders, with CinCGAN's crops of 32 pixels in all eight positions, 16 in a
# batch, and 1,000 batches in an epoch: each picture is read 33 times, so decoded_cache pays off.
_base_ = ['./lol_unpaired.py']
train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(
        type='TransformBroadcaster',  # drawn for each picture alone
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=False,
        transforms=[
            dict(type='RandomCrop', size=32),
            dict(type='RandomSymmetry'),
        ],
    ),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
]
train_dataloader = dict(batch_size=16, dataset=dict(repeat=33, pipeline=train_pipeline))
