# EnlightenGAN on two folders of your own, without validation. On the command line:
#   --cfg-options train_dataloader.dataset.data_root=photos
# reads photos/low and photos/normal with their sub-folders. Folders of other names:
#   train_dataloader.dataset.data_prefix.low=/here/night \
#   train_dataloader.dataset.data_prefix.normal=/there/day
_base_ = ['./enlightengan_lol.py']
train_dataloader = dict(
    dataset=dict(data_root='data/unpaired', data_prefix=dict(low='low', normal='normal'))
)
val_dataloader, val_cfg, val_evaluator = None, None, None
test_dataloader, test_cfg, test_evaluator = None, None, None
