#!/bin/sh
curl-health smtp
