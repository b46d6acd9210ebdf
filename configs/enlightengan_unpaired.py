# EnlightenGAN on two folders of your own, without validation. On the command line:
#   --low photos/night --normal photos/day
# reads these with their sub-folders.
_base_ = ['./enlightengan_lol.py']
train_dataloader = dict(
    dataset=dict(data_root='data/unpaired', data_prefix=dict(low='low', normal='normal'))
)
val_dataloader, val_cfg, val_evaluator = None, None, None
test_dataloader, test_cfg, test_evaluator = None, None, None
