# The same for a Bayer camera of your own, without validation: short exposures in data/raw/short,
# a long one of each scene in data/raw/long, named as 00001_00_0.1s.NEF and 00001_00_10s.NEF.
_base_ = ['./sid_sony.py']
own = dict(
    data_root='data/raw',
    data_prefix=dict(low='short', normal='long'),
    ann_file=None,
    pipeline=[
        dict(type='LoadRaw'),  # black and white level as the files say
        {{_base_.pack}},
        {{_base_.crop}},
        {{_base_.turn}},
        {{_base_.amplify}},
        {{_base_.take_pair}},
    ],
)
train_dataloader = dict(dataset=own)
val_dataloader, val_cfg, val_evaluator = None, None, None
test_dataloader, test_cfg, test_evaluator = None, None, None
