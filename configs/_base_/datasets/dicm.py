# DICM: 69 photographs in low or uneven light, without a ground truth.
dicm = dict(
    type='ImageFolderDataset',
    dataset_name='DICM',
    data_root='data/DICM',
    data_prefix=dict(low=''),
    pipeline=[
        dict(type='LoadEnhanceImages', keys=('low',)),
        dict(type='PackEnhanceInputs', inputs=('low',)),
    ],
    test_mode=True,
)
