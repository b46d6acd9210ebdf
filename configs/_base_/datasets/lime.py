# LIME: 10 photographs in low or uneven light, without a ground truth.
lime = dict(
    type='ImageFolderDataset',
    dataset_name='LIME',
    data_root='data/LIME',
    data_prefix=dict(low=''),
    pipeline=[
        dict(type='LoadEnhanceImages', keys=('low',)),
        dict(type='PackEnhanceInputs', inputs=('low',)),
    ],
    test_mode=True,
)
