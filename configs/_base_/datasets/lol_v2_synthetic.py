# LOL-v2-synthetic, test set: 100 pairs of 384x384, darkened from raw pictures.
lol_v2_synthetic = dict(
    type='PairedImageDataset',
    dataset_name='LOL-v2-synthetic',
    data_root='data/LOL-v2',
    data_prefix=dict(low='Synthetic/Test/Low', normal='Synthetic/Test/Normal'),
    pipeline=[
        dict(type='LoadEnhanceImages', keys=('low', 'normal')),
        dict(type='PackEnhanceInputs', inputs=('low',), gt='normal'),
    ],
    test_mode=True,
)
