"""What is counted of trials and of who applies: figures of the programme, and how useful reviews were."""
