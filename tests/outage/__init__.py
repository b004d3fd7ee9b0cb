"""Hours of trouble for the whole bot beside a Discord of this machine, in a time that jumps: `make outage`.

Editions fall due every four minutes while causes of trouble come and go in an order that a seed draws. A minute after
each cause's end the bot must be back by itself; health and the doctor name it while it lasts and not after; and in the
end each edition is in its channel, once.
"""
