"""The page of exemptions: whom rules do not concern, until when, and what that set aside."""
