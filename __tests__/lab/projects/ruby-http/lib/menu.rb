module Menu
  def self.dishes
    %w[soup bread tea]
  end
end
