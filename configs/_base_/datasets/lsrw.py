# LSRW, test set: 30 real pairs of a phone (960x720) and 20 of a camera (960x640), scored apart.
lsrw_huawei = dict(
    type='PairedImageDataset',
    dataset_name='LSRW-Huawei',
    data_root='data/LSRW',
    data_prefix=dict(low='Eval/Huawei/low', normal='Eval/Huawei/high'),
    pipeline=[
        dict(type='LoadEnhanceImages', keys=('low', 'normal')),
        dict(type='PackEnhanceInputs', inputs=('low',), gt='normal'),
    ],
    test_mode=True,
)
lsrw_nikon = dict(
    type='PairedImageDataset',
    dataset_name='LSRW-Nikon',
    data_root='data/LSRW',
    data_prefix=dict(low='Eval/Nikon/low', normal='Eval/Nikon/high'),
    pipeline=[
        dict(type='LoadEnhanceImages', keys=('low', 'normal')),
        dict(type='PackEnhanceInputs', inputs=('low',), gt='normal'),
    ],
    test_mode=True,
)
