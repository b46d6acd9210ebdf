# SICE, part 2: the darker exposures of 229 series, 767 pairs at full size. Papers often shrink them
# to 1200x900 first; here nothing is resized.
sice = dict(
    type='MultiExposureDataset',
    dataset_name='SICE',
    data_root='data/SICE',
    data_prefix=dict(low='Dataset_Part2', normal='Dataset_Part2/Label'),
    pipeline=[
        dict(type='LoadEnhanceImages', keys=('low', 'normal')),
        dict(type='PackEnhanceInputs', inputs=('low',), gt='normal'),
    ],
    test_mode=True,
)
