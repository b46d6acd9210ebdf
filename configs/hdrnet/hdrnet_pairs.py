# The authors' recipe on their layout of data: data/hdrnet/{train,test}/{filelist.txt,input,output}.
_base_ = [
    '../_base_/models/hdrnet.py',
    '../_base_/datasets/hdrnet_pairs.py',
    '../_base_/schedules/hdrnet_100e.py',
    '../_base_/default_runtime.py',
]
