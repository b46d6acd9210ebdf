# NPE: 8 photographs in low or uneven light, without a ground truth.
npe = dict(
    type='ImageFolderDataset',
    dataset_name='NPE',
    data_root='data/NPE',
    data_prefix=dict(low=''),
    pipeline=[
        dict(type='LoadEnhanceImages', keys=('low',)),
        dict(type='PackEnhanceInputs', inputs=('low',)),
    ],
    test_mode=True,
)
