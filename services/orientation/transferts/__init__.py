"""Who follows a referral inside the partner, and its passing on to another partner with a new consent."""
