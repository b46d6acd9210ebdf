# LOL-v1, eval15: 15 real pairs of 600x400. tools/dataset_converters/lol.py checks the folder.
lol_v1 = dict(
    type='PairedImageDataset',
    dataset_name='LOL-v1',
    data_root='data/LOL',
    data_prefix=dict(low='eval15/low', normal='eval15/high'),
    pipeline=[
        dict(type='LoadEnhanceImages', keys=('low', 'normal')),
        dict(type='PackEnhanceInputs', inputs=('low',), gt='normal'),
    ],
    test_mode=True,
)
