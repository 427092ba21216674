"""Optimiser steps with everything around them, whatever is trained: exact resume, log, processes.

Who trains brings the model, its batches and its loss.
"""
