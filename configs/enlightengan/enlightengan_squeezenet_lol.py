# Features of SqueezeNet v1.0, a file of 5 MB, instead of VGG-16's 528: its Caffe weights as .npz.
_base_ = ['../enlightengan_lol.py']
features = dict(
    _delete_=True, type='SqueezeNetFeatures', weights='data/weights/squeezenet_v1.0_caffe.npz'
)
model = dict(feature_loss=dict(features=features))
