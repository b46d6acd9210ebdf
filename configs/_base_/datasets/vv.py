# VV: 24 photographs in low or uneven light, without a ground truth.
vv = dict(
    type='ImageFolderDataset',
    dataset_name='VV',
    data_root='data/VV',
    data_prefix=dict(low=''),
    pipeline=[
        dict(type='LoadEnhanceImages', keys=('low',)),
        dict(type='PackEnhanceInputs', inputs=('low',)),
    ],
    test_mode=True,
)
