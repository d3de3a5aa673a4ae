"""The development mail inbox: receives every e-mail that the hub sends, and shows it instead of delivering it."""
