# LOL-v2-real, test set: 100 real pairs of 600x400, such as low00690.png and normal00690.png. Most
# are reported to be training pictures of LOL-v1: do not score on it what was trained on those.
lol_v2_real = dict(
    type='PairedImageDataset',
    dataset_name='LOL-v2-real',
    data_root='data/LOL-v2',
    data_prefix=dict(low='Real_captured/Test/Low', normal='Real_captured/Test/Normal'),
    strip_prefix=dict(low='low', normal='normal'),
    pipeline=[
        dict(type='LoadEnhanceImages', keys=('low', 'normal')),
        dict(type='PackEnhanceInputs', inputs=('low',), gt='normal'),
    ],
    test_mode=True,
)
