# LOL in pairs, as HDRNet sees them: nearly whole pictures, each 16 times in an epoch. The authors'
# program can mirror them too, and does not unless asked.
_base_ = ['./lol_unpaired.py']
train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(
        type='TransformBroadcaster',  # drawn once for both
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=True,
        transforms=[dict(type='RandomCrop', size=384)],
    ),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
]
train_dataloader = dict(
    batch_size=16,
    drop_last=True,
    dataset=dict(
        _delete_=True,
        type='PairedImageDataset',
        data_root={{_base_.data_root}},
        data_prefix=dict(low='our485/low', normal='our485/high'),
        repeat=16,
        pipeline=train_pipeline,
    ),
)
