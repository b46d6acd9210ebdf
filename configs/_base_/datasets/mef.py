# MEF: 17 scenes in low or uneven light, without a ground truth.
mef = dict(
    type='ImageFolderDataset',
    dataset_name='MEF',
    data_root='data/MEF',
    data_prefix=dict(low=''),
    pipeline=[
        dict(type='LoadEnhanceImages', keys=('low',)),
        dict(type='PackEnhanceInputs', inputs=('low',)),
    ],
    test_mode=True,
)
