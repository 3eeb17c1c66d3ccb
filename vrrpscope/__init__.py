"""vrrpscope reads captures of VRRP and explains why the virtual address did, or did not, move."""

__version__ = "0.1.0"
