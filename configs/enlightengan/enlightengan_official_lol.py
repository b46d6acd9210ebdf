# Official to the letter: half size above 2200 columns, partners by index, and the Caffe VGG-16
# (put its file there).
_base_ = ['../enlightengan_lol.py']
train_dataloader = dict(dataset=dict(partner='index'))
model = dict(
    generator=dict(align_corners=True, half_above_width=2200),
    feature_loss=dict(features=dict(weights='data/weights/vgg16.weight')),
)
