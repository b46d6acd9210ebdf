"""A stand-in for a clone of the official code, as old as that one and much smaller."""

from __future__ import annotations

from pathlib import Path

NETWORKS = """
import torch
import torch.nn as nn
from torch.utils.serialization import load_lua
from util.util import scale

class Generator(nn.Module):
    def __init__(self):
        super(Generator, self).__init__()
        self.convolution = nn.Conv2d(4, 3, 3, padding=1)

    def forward(self, image, gray):
        residual = self.convolution(torch.cat([image, gray], 1))
        return image + scale * residual, residual

class Vgg16(nn.Module):
    def __init__(self):
        super(Vgg16, self).__init__()
        self.convolution = nn.Conv2d(3, 2, 3, padding=1)

    def forward(self, image):
        return self.convolution(image)

def define_G(input_nc, output_nc, ngf, which, norm, dropout, gpu_ids, skip=False, opt=None):
    assert which == 'sid_unet_resize' and skip
    network = Generator()
    if len(gpu_ids) >= 0:
        network = network.cuda(gpu_ids[0], async=True)
    print(network)
    return network

def load_vgg16(folder, gpu_ids):
    raise IOError('there are no weights')
"""

SINGLE_MODEL = """
import torch
from . import networks

class SingleModel:
    def initialize(self, opt):
        print('initializing')
        self.netG_A = networks.define_G(
            3, 3, 64, opt.which_model_netG, opt.norm, False, opt.gpu_ids, skip=True, opt=opt)
        self.vgg = networks.load_vgg16('./model', opt.gpu_ids)
        self.optimizer = torch.optim.Adam(self.netG_A.parameters())
        self.input = torch.Tensor(opt.batchSize, 3, opt.fineSize, opt.fineSize)

    def set_input(self, input):
        self.input.copy_(input['input_img'])
        self.gray = input['A_gray']

    def optimize_parameters(self, epoch):
        fake, _ = self.netG_A.forward(self.input, self.gray)
        self.loss_G = self.vgg(fake).mean()
        self.optimizer.zero_grad()
        self.loss_G.backward()
        self.optimizer.step()
        self.error = self.loss_G.data[0]
"""

TRAIN_OPTIONS = """
import argparse

class TrainOptions:
    def initialize(self):
        self.parser = argparse.ArgumentParser()
        for name, default in (('dataroot', ''), ('model', ''), ('which_model_netG', ''),
                              ('which_model_netD', ''), ('vgg_choose', ''), ('norm', 'instance')):
            self.parser.add_argument('--' + name, default=default)
        for name in ('patchD_3', 'n_layers_D', 'n_layers_patchD', 'patchSize', 'fineSize',
                     'batchSize'):
            self.parser.add_argument('--' + name, type=int)
        for name in ('skip', 'use_norm', 'use_wgan', 'instance_norm', 'vgg'):
            self.parser.add_argument('--' + name, type=float)
        for name in ('no_dropout', 'patchD', 'patch_vgg', 'self_attention', 'use_ragan',
                     'hybrid_loss', 'times_residual'):
            self.parser.add_argument('--' + name, action='store_true')
        self.parser.set_defaults(input_nc=3, output_nc=3, ngf=64)
"""


def write_official_folder(folder: Path) -> Path:
    """Writes what the adaptor imports of a clone."""
    texts = {
        'models/__init__.py': '',
        'models/networks.py': NETWORKS,
        'models/single_model.py': SINGLE_MODEL,
        'options/__init__.py': '',
        'options/train_options.py': TRAIN_OPTIONS,
        'util/util.py': 'scale = 0.5\n',
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder
