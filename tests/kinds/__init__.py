"""Kinds of faults in what the bot does beside what it says, each with its rule, tested on the whole bot and a sandbox.

A kind is a fault that can occur in many places: a right checked too early, a change that overwrites another one. Each
module has the test of the rule, and of the places where it was broken.
"""
