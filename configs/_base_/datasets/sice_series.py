# The darker exposures of SICE at a third of their size: part 1 for training, part 2 for validation.
# tools/dataset_converters/sice.py checks the data set and makes the smaller one.
_base_ = ['./lol_unpaired.py']
train_pipeline = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(
        type='TransformBroadcaster',  # drawn once for both
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=True,
        transforms=[dict(type='RandomCrop', size=320)],
    ),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
]
held_out = dict(
    type='MultiExposureDataset',
    data_root='data/SICE_third',
    data_prefix=dict(low='Dataset_Part2', normal='Dataset_Part2/Label'),
)
train_dataloader = dict(
    batch_size=5,
    drop_last=True,
    dataset=dict(
        _delete_=True,
        type='MultiExposureDataset',
        data_root='data/SICE_third',
        data_prefix=dict(low='Dataset_Part1', normal='Dataset_Part1/Label'),
        repeat=10,  # about the patches of 320 pixels that a picture has
        pipeline=train_pipeline,
    ),
)
val_dataloader, test_dataloader = dict(dataset=held_out), dict(dataset=held_out)
